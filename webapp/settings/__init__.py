"""How each setting is read out of the environment, and what is said where it is missing, unsafe or misspelt."""
