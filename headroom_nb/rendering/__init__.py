"""Tables, HTML, plots and exports of results; knows nothing of IPython."""
