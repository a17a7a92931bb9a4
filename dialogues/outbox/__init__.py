"""Letters owed and their delivery, and work in the background: nothing owed is lost, nothing is sent that did not happen."""
