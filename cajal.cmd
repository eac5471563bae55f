@echo off
rem Cajal's launcher for Windows, the sister of ./cajal: finds a JDK 25 or newer, builds on first use and after changes, runs.
rem
rem   cajal COMMAND ...           run a command            cajal -J-Xmx4g train   every leading -J... goes to the JVM
rem   cajal test [--fast] ...     run the test suite; what follows goes to Maven (cajal test -pl core)
rem
rem CAJAL_JAVA_OPTS  more flags for the JVM          CAJAL_NO_BUILD=1  run the build that is there, however old
setlocal EnableExtensions DisableDelayedExpansion
set "ROOT=%~dp0"
set "ROOT=%ROOT:~0,-1%"
set "OUT=%ROOT%\target\cajal"

call :find_jdk
if not defined JDK (
    echo cajal: needs a JDK 25 or newer; none was found.>&2
    echo   looked at JAVA_HOME, PATH, Program Files and the folders .jdks and scoop of this user>&2
    echo   fix: install one ^(winget install EclipseAdoptium.Temurin.25.JDK, or https://adoptium.net^), or set JAVA_HOME>&2
    exit /b 2
)
set "JAVA_HOME=%JDK%"
if "%~1"=="test" goto test

call :is_stale
if "%STALE%"=="yes" (
    call :build || exit /b 1
)
set /p BUILD=<"%OUT%\current"
set "LIB=%OUT%\%BUILD%"

rem The serial collector, unless -J or CAJAL_JAVA_OPTS names another.
set COLLECTOR=-XX:+UseSerialGC
if defined CAJAL_JAVA_OPTS if not "%CAJAL_JAVA_OPTS:GC=%"=="%CAJAL_JAVA_OPTS%" set COLLECTOR=
rem Only blanks part the leading -J flags from the rest; the rest stays as it was typed.
set JVM=
set REST=%*
:flags
if not defined REST goto go
for /f "tokens=1* delims= " %%a in ("%REST%") do (
    set "FIRST=%%a"
    set "AFTER=%%b"
)
if not "%FIRST:~0,2%"=="-J" goto go
set JVM=%JVM% %FIRST:~2%
if "%FIRST:~2,8%"=="-XX:+Use" if "%FIRST:~-2%"=="GC" set COLLECTOR=
set REST=%AFTER%
goto flags
:go
"%JDK%\bin\java.exe" -XX:+IgnoreUnrecognizedVMOptions %COLLECTOR% "-XX:AOTCache=%LIB%\classes.aot" "-Xlog:aot*=off,cds*=off" ^
    "-Dcajal.home=%ROOT%" "-Dcajal.lib=%LIB%" %CAJAL_JAVA_OPTS% %JVM% -jar "%LIB%\cajal-cli.jar" %REST%
exit /b %ERRORLEVEL%

rem --- a JDK >= 25, by each candidate's `release` file ---
:find_jdk
set JDK=
if defined JAVA_HOME call :try "%JAVA_HOME%"
for /f "delims=" %%j in ('where java 2^>nul') do if not defined JDK for %%h in ("%%~dpj..") do call :try "%%~fh"
for %%v in ("Eclipse Adoptium" "Java" "Microsoft" "Amazon Corretto" "Zulu" "BellSoft" "OpenJDK") do (
    for /d %%h in ("%ProgramFiles%\%%~v\*") do if not defined JDK call :try "%%~fh"
)
for /d %%h in ("%USERPROFILE%\.jdks\*") do if not defined JDK call :try "%%~fh"
for /d %%h in ("%USERPROFILE%\scoop\apps\*jdk*") do if not defined JDK call :try "%%~fh\current"
goto :eof

:try
if not exist "%~1\bin\javac.exe" goto :eof
if not exist "%~1\release" goto :eof
set MAJOR=0
for /f "tokens=2 delims==" %%v in ('findstr /b "JAVA_VERSION=" "%~1\release"') do (
    for /f "tokens=1 delims=.-+" %%m in ("%%~v") do set "MAJOR=%%m"
)
if %MAJOR% GEQ 25 set "JDK=%~1"
goto :eof

rem --- is there a build, and is no source newer? ---
:is_stale
set STALE=yes
if not exist "%OUT%\current" goto :eof
if defined CAJAL_NO_BUILD (
    set STALE=no
    goto :eof
)
for /f %%s in ('powershell -NoProfile -Command "$t = (Get-Item -LiteralPath (Join-Path $env:OUT current)).LastWriteTimeUtc; $n = Get-ChildItem -LiteralPath $env:ROOT -Directory | Where-Object { $_.Name -notin 'target','testkit','bench' } | ForEach-Object { Join-Path $_.FullName pom.xml; Join-Path $_.FullName src\main } | Where-Object { Test-Path -LiteralPath $_ } | ForEach-Object { Get-Item -LiteralPath $_; Get-ChildItem -LiteralPath $_ -Recurse } | Where-Object { $_.LastWriteTimeUtc -gt $t } | Select-Object -First 1; if ($n -or (Get-Item -LiteralPath (Join-Path $env:ROOT pom.xml)).LastWriteTimeUtc -gt $t) { 'yes' } else { 'no' }"') do set STALE=%%s
goto :eof

rem --- the build: a new folder each time, `current` is replaced last ---
:build
if not exist "%OUT%" md "%OUT%"
set WAITED=0
:lock
md "%OUT%\lock" 2>nul && goto locked
if %WAITED%==0 echo cajal: waiting for another build ...>&2
set /a WAITED+=1
if %WAITED% GEQ 300 (
    rd "%OUT%\lock" 2>nul
)
ping -n 2 127.0.0.1 >nul
goto lock
:locked
call :is_stale
if "%STALE%"=="no" (
    rd "%OUT%\lock"
    exit /b 0
)
set PREVIOUS=
if exist "%OUT%\current" set /p PREVIOUS=<"%OUT%\current"
if defined PREVIOUS (echo Building Cajal ^(sources changed^) ...>&2) else (echo Building Cajal ^(first use, about 20 s^) ...>&2)
set "NEW=build-%RANDOM%%RANDOM%"
md "%OUT%\%NEW%"
>"%OUT%\%NEW%\name" echo %NEW%
set "MAVEN_OPTS=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC %MAVEN_OPTS%"
pushd "%ROOT%"
call "%ROOT%\mvnw.cmd" -q -B -ntp "-Dquick=%OUT%\%NEW%" -pl cli -am package >"%OUT%\build.log" 2>&1
set FAILED=%ERRORLEVEL%
popd
if not "%FAILED%"=="0" (
    findstr /b /l /c:"[ERROR]" "%OUT%\build.log" >&2
    echo cajal: the build failed; its whole output is in target\cajal\build.log>&2
    rd /s /q "%OUT%\%NEW%"
    rd "%OUT%\lock"
    exit /b 1
)
"%JDK%\bin\java.exe" -XX:+UseSerialGC "-XX:AOTCacheOutput=%OUT%\%NEW%\classes.aot" -jar "%OUT%\%NEW%\cajal-cli.jar" --help >"%OUT%\%NEW%\rehearsal.log" 2>&1
move /y "%OUT%\%NEW%\name" "%OUT%\current" >nul
for /d %%b in ("%OUT%\build-*") do if not "%%~nxb"=="%NEW%" if not "%%~nxb"=="%PREVIOUS%" rd /s /q "%%~fb" 2>nul
rd "%OUT%\lock"
exit /b 0

rem --- the tests ---
:test
set ARGUMENTS=
set REST=%*
for /f "tokens=1* delims= " %%a in ("%REST%") do set "REST=%%b"
:words
if not defined REST goto run_tests
for /f "tokens=1* delims= " %%a in ("%REST%") do (
    set "WORD=%%a"
    set "REST=%%b"
)
if "%WORD%"=="--fast" set "WORD=-DexcludedGroups=slow -Djacoco.skip"
if "%WORD%"=="-pl" set "WORD=-am -Dsurefire.failIfNoSpecifiedTests=false -pl"
set ARGUMENTS=%ARGUMENTS% %WORD%
goto words
:run_tests
pushd "%ROOT%"
call "%ROOT%\mvnw.cmd" -B -ntp --fail-at-end verify %ARGUMENTS%
set CODE=%ERRORLEVEL%
popd
exit /b %CODE%
