"""The figures of the report: estimates in, pictures with their words and their numbers out."""
