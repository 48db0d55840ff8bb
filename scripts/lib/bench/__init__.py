"""How fast and how large, as ratios of two things that were measured in the same run
on the same machine and database: absolute times say more about the machine."""
