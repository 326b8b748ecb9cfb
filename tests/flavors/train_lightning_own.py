"""Lightning with Kipu alone: a failure, a second fit, checkpoints, two processes."""

import os
import pickle

import mlflow
import mlflow.pytorch
import torch
from lightning_net import Net, loader, pl, trainer

data = loader()


class Failing(Net):
    def on_train_epoch_end(self) -> None:
        if self.current_epoch == 1:
            raise KeyError("of the training")


def main() -> None:
    stopping = pl.callbacks.EarlyStopping("val_loss", patience=1)
    fitted = trainer(max_epochs=5, callbacks=[stopping], enable_checkpointing=False)
    fitted.fit(Net(), data, data)
    first = mlflow.last_active_run().info.run_id

    fitted.fit_loop.max_epochs = 6
    fitted.should_stop = False
    fitted.fit(Net(), data, data)
    second = mlflow.last_active_run().info.run_id
    assert first != second

    failing = Failing()
    try:
        trainer(max_epochs=3).fit(failing, data, data)
    except KeyError as error:
        mlflow.log_text(repr(error), "raised.txt", run_id=mlflow.last_active_run().info.run_id)
    assert "forward" not in vars(failing)

    mlflow.pytorch.autolog(log_models=False, checkpoint_save_best_only=False)
    model = Net()
    with mlflow.start_run() as run:
        trainer(max_epochs=2).fit(model, data, data)
    weights = mlflow.pytorch.load_checkpoint(Net, run.info.run_id, epoch=1).state_dict()
    assert all(torch.equal(one, model.state_dict()[name]) for name, one in weights.items())
    before = mlflow.pytorch.load_checkpoint(Net, run.info.run_id, epoch=0).state_dict()
    assert not torch.equal(before["layer.weight"], weights["layer.weight"])
    try:
        mlflow.pytorch.load_checkpoint(Net, run.info.run_id, epoch=0, global_step=4)
    except mlflow.MlflowException as error:
        mlflow.log_text(error.error_code, "refused.txt", run_id=run.info.run_id)

    mlflow.pytorch.autolog(disable=True)
    keeping = mlflow.pytorch.MlflowModelCheckpointCallback(save_weights_only=True)
    assert isinstance(keeping, pl.Callback)
    assert pickle.loads(pickle.dumps(keeping)).save_weights_only
    with mlflow.start_run():
        trainer(max_epochs=1, callbacks=[keeping]).fit(Net(), data, data)

    mlflow.pytorch.autolog(log_every_n_step=1, checkpoint=False)
    pl.Trainer(
        accelerator="cpu", devices=2, strategy="ddp_spawn", max_epochs=1, logger=False,
        enable_progress_bar=False, enable_checkpointing=False,
    ).fit(Net(), data, data)  # fmt: skip


if __name__ == "__main__":
    os.environ["PL_DISABLE_FORK"] = "1"
    mlflow.pytorch.autolog()
    main()
