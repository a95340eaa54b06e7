import io

from PIL import Image
from PIL.ExifTags import IFD, TAGS


def hidden_in(photo):
    """List what a photo says besides its pixels."""
    exif = Image.open(io.BytesIO(photo)).getexif()
    return [TAGS[tag] for tag in exif]


def without_exif(photo):
    """Save a photo again: its pixels only."""
    file = io.BytesIO()
    Image.open(io.BytesIO(photo)).convert("RGB").save(file, "JPEG")
    return file.getvalue()


# A photo as a phone makes it: with the time, the device, and the place.
exif = Image.Exif()
exif.update({0x0132: "2026:11:20 09:30:00", 0x0110: "Phone 12"})
exif.get_ifd(IFD.GPSInfo).update({1: "N", 2: (52.0, 31.0, 0.0)})
file = io.BytesIO()
Image.new("RGB", (64, 48), "green").save(file, "JPEG", exif=exif)
photo = file.getvalue()

print("As it is:", hidden_in(photo))
print("Saved again:", hidden_in(without_exif(photo)))
