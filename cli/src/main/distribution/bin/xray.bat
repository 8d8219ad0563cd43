@echo off
rem Starts the xray command with the distribution's own Java where it has one, else of JAVA_HOME, else of PATH.
rem XRAY_JAVA_OPTS: more flags for Java.
setlocal EnableExtensions DisableDelayedExpansion
set "home=%~dp0.."
rem No blocks in parentheses here: one in a folder's name, as in "Program Files (x86)", would end them.
set "runtime=-XX:+UseCompactObjectHeaders"
set "java=%home%\runtime\bin\java.exe"
if exist "%java%" goto found
set "runtime="
set "java="
if not defined JAVA_HOME goto path
set "java=%JAVA_HOME%\bin\java.exe"
if exist "%java%" goto found
echo xray: JAVA_HOME is "%JAVA_HOME%", where there is no bin\java.exe; set it to the folder of Java 17 or later, or unset it>&2
exit /b 1
:path
for %%i in (java.exe) do set "java=%%~$PATH:i"
if defined java goto found
echo xray: no Java 17 or later in JAVA_HOME or PATH>&2
exit /b 1
:found
set "version="
for %%i in ("%java%") do set "release=%%~dpi..\release"
if exist "%release%" for /f "usebackq tokens=1,2 delims==" %%k in ("%release%") do if "%%k"=="JAVA_VERSION" set "version=%%~l"
if not defined version for /f "tokens=3" %%v in ('""%java%" -version 2>&1" ^| findstr /c:"version"') do set "version=%%~v"
for /f "tokens=1 delims=.-+_" %%m in ("%version%") do set "major=%%m"
if not defined major set "major=0"
if %major% GEQ 17 goto jar
echo xray: "%java%" is Java %version%; Java 17 or later is needed>&2
exit /b 1
:jar
rem The jar of this script's own version: another one may lie beside it after an upgrade on top of an older installation.
set "jar=%home%\lib\xrayd-cli-@version@.jar"
if exist "%jar%" goto flags
echo xray: "%jar%" is missing; the installation is not complete>&2
exit /b 1
:flags
set "flags=-XX:+IgnoreUnrecognizedVMOptions -XX:+UseSerialGC -Xss512k -XX:MaxMetaspaceSize=160m"
set "flags=%flags% %runtime% -XX:ReservedCodeCacheSize=48m -XX:-UsePerfData"
set "flags=%flags% -Dagrona.disable.bounds.checks=true -Dsun.net.httpserver.nodelay=true"
set "flags=%flags% -Dslf4j.provider=io.github.xrayd.cli.log.LogProvider -Dslf4j.internal.verbosity=WARN"
set "flags=%flags% -Xlog:disable -Xlog:all=error,cds*=off:stderr"
set "word=%~1"
if not defined word goto daemon
if "%word:~0,1%"=="-" goto daemon
set "flags=%flags% -Xms16m -Xmx512m"
goto run
:daemon
set "flags=%flags% -Xms40m -Xmn5m -Xmx64m"
:run
"%java%" %flags% %XRAY_JAVA_OPTS% -jar "%jar%" %*
exit /b %ERRORLEVEL%
