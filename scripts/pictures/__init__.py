"""The example pictures in content/pictures: flat-colour landscapes from the seven municipalities.

`lines` and `canvas` know figures and paper; `sky`, `land`, `trees`, `plants`, `buildings` and `things`
draw what several pictures show; each module in `scenes` composes one picture; `gallery` writes them.
"""
