"""Vision: describes what can be measured in a picture. It does not recognize objects, persons, or text.

Reading. PNG, JPEG, GIF (first frame), and WebP are opened with Pillow, turned as their EXIF data says, put on white
where they are transparent, and reduced to at most 96 pixels a side. All but the size is measured on this copy, in
CIELAB:

- Every cell gets the nearest of the samples in `COLORS`. Brightness is the mean lightness L (0 to 100), contrast its
  spread.
- Every cell belongs to one area at most. Sky-like: blue, white or gray without a break from the upper edge down, a
  fifth of it blue (the white in it is cloud-like); or smooth and changing to warm colors downward (evening). Green and
  brown go by hue. Water-like: blue below the sky, or a lower part that mirrors the upper part.
- Edges are steps of lightness between neighbors: many make a picture busy. A step in the same row of most columns is a
  horizontal line. Few flat colors look like a drawing. Where the color of the lower middle differs from its sides, and
  its strip narrows steadily upward, it looks like a path.

Answering. Words in the question choose the topics (`_TOPICS`, areas, regions, colors); each topic gives a sentence or
two for each picture. Words such as "brighter", "more green", or "different" compare several pictures; "the second
picture" picks one. An open question, or none, gets the full description. When the question names anything else (a
person, a text, a number of things), the answer begins by saying that this is not recognized. "In one sentence",
"briefly", and the like cut the answer.
"""

from sandbox.engines.vision.answering import answer
from sandbox.engines.vision.picture import MAX_PIXELS, Picture
from sandbox.engines.vision.reading import UnreadablePicture, read_picture

__all__ = ["MAX_PIXELS", "Picture", "UnreadablePicture", "answer", "read_picture"]
