"""A service that really runs, for the tests that talk to one over HTTP.

``machine``  ports, commands and databases of this machine
``odoo``     Odoo as a program of its own
``proxy``    nginx with the shipped settings
``service``  all of it together, with the families of the access tests in it, and
             people who log in there
"""
