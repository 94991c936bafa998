"""What tests of engines have workers do."""

import os


def square(number: int) -> int:
    return number * number


def die(number: int) -> int:
    os._exit(9)


def fail(number: int) -> int:
    raise FileNotFoundError(2, "No such file or directory", f"file {number}")


def process_of(number: int) -> int:
    return os.getpid()
