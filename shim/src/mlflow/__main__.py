"""``python -m mlflow``."""

from kipu.cli import main

if __name__ == "__main__":
    main()
