print("crossmargin")
