"""One module for each picture; its `draw` fills a sheet."""
