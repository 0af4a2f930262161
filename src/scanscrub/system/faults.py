"""What may be said of a fault of ours or of a library: never its text."""


def fault_kind(error: BaseException) -> str:
    """Type and place of an error: ``"KeyError in headers.py:120"``. Its text may quote a patient value."""
    trace = error.__traceback__
    place = ""
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f" in {code.co_filename.replace(chr(92), '/').rsplit('/', 1)[-1]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__}{place}"
