// Clusters of real processes and timings of failovers share this machine; side by side they would measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
