"""Letters owed, their delivery, and background work: nothing owed is lost, nothing sent that did not happen."""
