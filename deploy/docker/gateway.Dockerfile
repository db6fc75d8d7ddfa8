# syntax=docker/dockerfile:1
# The whole product in one process (embedded engine). From the repository's root:
#   docker build -f deploy/docker/gateway.Dockerfile -t camdiv .
#   docker run --read-only --tmpfs /tmp -v camdiv-data:/data -p 5080:5080 camdiv
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY Matchmaking/Camdiv.Matchmaking.csproj Matchmaking/
COPY Gateway/Camdiv.Gateway.csproj Gateway/
RUN dotnet restore Gateway/Camdiv.Gateway.csproj
COPY Matchmaking/ Matchmaking/
COPY Gateway/ Gateway/
# A folder that the user of the last stage may write to, for a new volume to be made from.
RUN dotnet publish Gateway/Camdiv.Gateway.csproj -c Release --no-restore -o /app && mkdir /data

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /app ./
COPY --from=build --chown=$APP_UID:$APP_UID /data /data
USER $APP_UID
# The root file system may be read-only: only /data is written to.
ENV DOTNET_EnableDiagnostics=0 ASPNETCORE_URLS=http://*:5080 Storage__DataFolder=/data
VOLUME /data
EXPOSE 5080
ENV CAMDIV_HEALTH_URL=http://127.0.0.1:5080/healthz/ready
HEALTHCHECK --interval=15s --timeout=5s --start-period=15s --retries=2 CMD ["dotnet", "Camdiv.Gateway.dll", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["dotnet", "Camdiv.Gateway.dll"]
