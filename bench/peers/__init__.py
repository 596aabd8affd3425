"""Other people's solvers, as far as pip installs them. None models a longest ride: windows are narrowed so that it
holds whatever happens, which costs them room.
"""
