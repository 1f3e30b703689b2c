"""Paper: PDF by typst, barcodes, labels for printers. It knows nothing of what is printed."""
