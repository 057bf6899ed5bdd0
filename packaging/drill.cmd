@echo off
rem Finds a Python and hands over to packaging\scripts\drill.py.
setlocal
for %%V in (3.13 3.12 3.11) do (
  py -%%V -c "import sys" >nul 2>nul && (py -%%V "%~dp0scripts\drill.py" %* & exit /b)
)
python "%~dp0scripts\drill.py" %*
