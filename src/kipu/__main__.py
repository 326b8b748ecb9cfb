"""``python -m kipu`` is the command ``kipu``."""

from kipu.cli import main

if __name__ == "__main__":
    main(prog_name="kipu")
