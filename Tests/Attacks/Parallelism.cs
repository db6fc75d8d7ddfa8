// An attack and what its victims feel share two cores: two attacks at once would measure each other.
[assembly: Xunit.v3.Parallelization(MaxThreads = 1)]
