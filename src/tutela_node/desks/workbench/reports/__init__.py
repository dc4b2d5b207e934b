"""Reports that people handle themselves: referred to the police, held in quarantine, written down for a caller."""
