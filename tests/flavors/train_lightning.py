"""Lightning: with early stopping and a test, with steps, with checkpoints of each epoch or step."""

import mlflow
import mlflow.pytorch
from lightning_net import Net, loader, pl, trainer

data = loader()
mlflow.pytorch.autolog(extra_tags={"colour": "red"})
stopping = pl.callbacks.EarlyStopping("val_loss", patience=1)
fitted = trainer(max_epochs=5, callbacks=[stopping])
model = Net()
fitted.fit(model, data, data)
fitted.test(model, data, verbose=False)

mlflow.pytorch.autolog(
    log_every_n_step=2, log_every_n_epoch=2, checkpoint_save_best_only=False,
    registered_model_name="line", log_model_signatures=False,
)  # fmt: skip
with mlflow.start_run():
    trainer(max_epochs=3).fit(Net(), train_dataloaders=data, val_dataloaders=data)

mlflow.pytorch.autolog(
    log_models=False, checkpoint_save_best_only=False, checkpoint_save_freq=3,
    checkpoint_save_weights_only=True,
)  # fmt: skip
trainer(max_epochs=1, enable_checkpointing=False).fit(Net(), data)

mlflow.pytorch.autolog(checkpoint=False, log_models=False, exclusive=True)
with mlflow.start_run():
    trainer(max_epochs=1, enable_checkpointing=False).fit(Net(), data)
