"""TAXII 2.1 (OASIS Standard, 10 June 2021): what is asked, what is answered, without HTTP and without a database."""
