"""age files between the browser, the age command and pyrage; identities and signatures between the browser and Python."""
