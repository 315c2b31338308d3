"""Draw the example pictures in content/pictures, all or only the named ones.

python scripts/draw_pictures.py [sju-kullar …]
"""

import sys

from pictures.gallery import draw_pictures

if __name__ == "__main__":
    draw_pictures(sys.argv[1:])
