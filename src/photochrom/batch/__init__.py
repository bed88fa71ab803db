"""Many photographs: files and folders, standard input, comparison sheets."""
