"""Make the sample files: ``python samples/make_samples.py [FOLDER]``.

Everything is made by this program from seeds: nobody in these files exists, and no pixel of them was ever a patient,
but for the brain, which is an average of 152 volunteers (its notice is in ``making/brain.py``). The rest of the
anatomy, the speckle, the noise and the light box are synthetic. The writing uses the face that Pillow ships (Aileron,
CC0) and the Hershey face of OpenCV. Like the rest of the project the files are under the MIT licence.

Needs numpy, pillow, pydicom, opencv and the codecs, which are all dependencies of the program. ``files/`` gets the
images, ``planted.json`` every identity in them: by file ``header`` (values of elements or segments), ``burned_in``
(writing that identifies) and ``markers`` (writing that does not).
"""

import json
import sys
from pathlib import Path

from making.dicom_files import every_dicom_file
from making.letter import letter
from making.picture_files import every_picture_file

HERE = Path(__file__).parent


def planted() -> dict[str, dict[str, list[str]]]:
    """What identities the committed files hold, by path below ``files/``."""
    return dict(json.loads((HERE / "planted.json").read_text(encoding="utf-8")))


def make(folder: Path) -> None:
    """Write ``files/`` and ``planted.json`` into `folder`."""
    listed = {}
    for sample in [*every_dicom_file(), *every_picture_file(), letter()]:
        target = folder / "files" / sample.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(sample.data)
        listed[sample.path] = {
            "header": list(sample.header),
            "burned_in": list(sample.burned_in),
            "markers": list(sample.markers),
        }
        print(f"{len(sample.data):>8}  {sample.path}")
    (folder / "planted.json").write_text(json.dumps(listed, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
