import subprocess
import sys

CELL = "import helpers; print('helpers is here')"


def run_cell(*options):
    command = [sys.executable, *options, "-c", CELL]
    done = subprocess.run(command, capture_output=True, text=True)
    print((done.stdout or done.stderr).splitlines()[-1])


# Without installed packages, this Python is like that of another kernel.
run_cell("-I", "-S")
# With them, it is the one in the project's .venv.
run_cell()
