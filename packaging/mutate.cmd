@echo off
rem Finds a Python and hands over to packaging\scripts\mutate.py.
setlocal
for %%V in (3.13 3.12 3.11) do (
  py -%%V -c "import sys" >nul 2>nul && (py -%%V "%~dp0scripts\mutate.py" %* & exit /b)
)
python "%~dp0scripts\mutate.py" %*
