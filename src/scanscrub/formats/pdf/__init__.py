"""PDF: its pages as pictures, and a PDF of nothing but pictures."""
