"""Looking back: was our word kept, what did it cost, whom did we turn down, is the data possible at all."""
