"""A fit of PaddlePaddle that is logged by itself."""

import mlflow
import numpy as np
import paddle

mlflow.paddle.autolog()
paddle.seed(0)


class Rows(paddle.io.Dataset):  # type: ignore[misc]
    def __init__(self) -> None:
        self.x = np.arange(24, dtype="float32").reshape(8, 3) / 24

    def __getitem__(self, place: int) -> tuple[np.ndarray, np.ndarray]:
        return self.x[place], self.x[place, :1] * 2

    def __len__(self) -> int:
        return 8


spec = [paddle.static.InputSpec([None, 3], "float32", "x")]
model = paddle.Model(paddle.nn.Linear(3, 1), inputs=spec)
optimizer = paddle.optimizer.SGD(0.1, parameters=model.parameters())
model.prepare(optimizer, paddle.nn.MSELoss())
stop = paddle.callbacks.EarlyStopping(
    "loss", mode="max", patience=1, verbose=0, save_best_model=False
)
model.fit(Rows(), Rows(), batch_size=4, epochs=4, verbose=0, shuffle=False, callbacks=[stop])
