@echo off
rem Starts a server for the folder web, which only this computer can reach. Closing the window stops it.
cd /d "%~dp0"
echo Open http://localhost:8080 in a browser.
where node >nul 2>nul && node serve.mjs web --port 8080 && exit /b
where py >nul 2>nul && py -m http.server 8080 --bind localhost --directory web && exit /b
where python >nul 2>nul && python -m http.server 8080 --bind localhost --directory web && exit /b
echo There is no Node or Python here. Open tarnkappe.html instead.
pause
