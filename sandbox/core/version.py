"""The version of the sandbox's answers, which stored outputs name as where they came from."""

VERSION = "2.2"  # goes up whenever the same request gets another answer than before
