"""History: data sets whose past can be fetched, collected as lazy streams of pages."""
