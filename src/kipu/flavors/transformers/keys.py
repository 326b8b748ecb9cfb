"""Names in a model's description, and of files and folders in its folder."""

from __future__ import annotations

FLAVOR_NAME = "transformers"

TASK = "task"
INSTANCE_TYPE = "instance_type"
FRAMEWORK = "framework"
DTYPE = "torch_dtype"
MODEL = "model"
MODEL_TYPE = "pipeline_model_type"
MODEL_BINARY = "model_binary"
MODEL_NAME = "source_model_name"
MODEL_REVISION = "source_model_revision"
LOCAL_BASE = "local_base_model_path"
ADAPTER = "peft_adaptor"
COMPONENTS = "components"
PROCESSOR = "processor"
INFERENCE_TASK = "inference_task"
PROMPT_TEMPLATE = "prompt_template"

# A pipeline's parts besides its model, in MLflow's order.
PARTS = ("feature_extractor", "tokenizer", "image_processor")

MODEL_FOLDER = "model"
COMPONENTS_FOLDER = "components"
PROCESSOR_FOLDER = "processor"
ADAPTER_FOLDER = "peft"
# Models of MLflow before 2.4.1 have no key that names the folder.
OLD_MODEL_FOLDER = "pipeline"
OLD_CONFIG_FILE = "inference_config.txt"
