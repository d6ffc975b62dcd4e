"""QR codes for paper: the only module that imports segno."""

from __future__ import annotations

SIDE = 22  # millimetres, without the quiet zone of four modules, which the style sheet leaves free (ISO/IEC 18004)
FINEST = 0.3  # millimetres: a smaller module is lost on an office printer


def qr_code(url: str) -> str:
    """The code of an address as a data: URI of an SVG; "" for one too long to be read at this size."""
    import segno

    try:
        code = segno.make_qr(url, error="m", boost_error=False)
    except segno.DataOverflowError:
        return ""
    if SIDE / code.symbol_size(border=0)[0] < FINEST:
        return ""
    return str(code.svg_data_uri(border=0, omitsize=True))
