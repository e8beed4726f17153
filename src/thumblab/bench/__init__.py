"""How fast this machine is, how much memory it takes, and what the engine spends its time on."""
