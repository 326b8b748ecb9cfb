"""Inference of schemas, under the path and names that MLflow's users know."""

from kipu.types.inference import clean_tensor_type
from kipu.types.inference import infer_numpy_type as _infer_numpy_dtype
from kipu.types.inference import infer_schema as _infer_schema
from kipu.types.inference import infer_series_type as _infer_pandas_column
from kipu.types.inference import infer_type as _infer_datatype
from kipu.types.inference import tensor_shape as _get_tensor_shape
from kipu.types.missing import holds_none_missing as _infer_required
from kipu.types.missing import is_missing as _is_none_or_nan
from kipu.types.param_inference import infer_param_schema as _infer_param_schema
from kipu.types.param_inference import infer_type_and_shape as _infer_type_and_shape
from kipu.types.spark import infer_spark_type as _infer_spark_type
from kipu.types.spark import is_spark_frame as _is_spark_df

__all__ = [
    "_get_tensor_shape",
    "_infer_datatype",
    "_infer_numpy_dtype",
    "_infer_pandas_column",
    "_infer_param_schema",
    "_infer_required",
    "_infer_schema",
    "_infer_spark_type",
    "_infer_type_and_shape",
    "_is_none_or_nan",
    "_is_spark_df",
    "clean_tensor_type",
]
