"""What pickled models name of the checks of their input; MLflow has them at this path."""

from kipu.exceptions import MlflowException
from kipu.pyfunc.hints import FuncInfo, pyfunc
from kipu.pyfunc.hints import checked as _wrap_predict_with_pyfunc
from kipu.pyfunc.hints import checked_arguments as _validate_model_input

__all__ = [
    "FuncInfo",
    "MlflowException",
    "_validate_model_input",
    "_wrap_predict_with_pyfunc",
    "pyfunc",
]
