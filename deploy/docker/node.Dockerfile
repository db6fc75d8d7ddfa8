# syntax=docker/dockerfile:1
# The cluster node (matchmaker, gateway or both). From the repository's root:
#   docker build -f deploy/docker/node.Dockerfile -t camdiv-node .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
# Project files first: packages are restored again only when these change.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY Matchmaking/Camdiv.Matchmaking.csproj Matchmaking/
COPY Gateway/Camdiv.Gateway.csproj Gateway/
COPY Grains.Interfaces/Camdiv.Grains.Interfaces.csproj Grains.Interfaces/
COPY Grains/Camdiv.Grains.csproj Grains/
COPY Silo/Camdiv.Silo.csproj Silo/
RUN dotnet restore Silo/Camdiv.Silo.csproj
COPY Matchmaking/ Matchmaking/
COPY Gateway/ Gateway/
COPY Grains.Interfaces/ Grains.Interfaces/
COPY Grains/ Grains/
COPY Silo/ Silo/
RUN dotnet publish Silo/Camdiv.Silo.csproj -c Release --no-restore -o /app

# Chiseled: no shell, no package manager, and a user of its own without rights.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /app ./
USER $APP_UID
# The root file system may be read-only: the node keeps its state in memory and Redis.
ENV DOTNET_EnableDiagnostics=0 ASPNETCORE_URLS=http://*:5080
# Browsers (5080), health and dashboard (5081), the cluster's inner traffic (11111) and admin commands (30000, matchmakers).
EXPOSE 5080 5081 11111 30000
# Gateways answer health on the browsers' port; give matchmakers CAMDIV_HEALTH_URL=http://127.0.0.1:5081/healthz/live.
# Asks for life, not readiness: a gateway without a matchmaker keeps its clients, and engines restart what is unhealthy.
ENV CAMDIV_HEALTH_URL=http://127.0.0.1:5080/healthz/live
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=2 CMD ["dotnet", "Camdiv.Silo.dll", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["dotnet", "Camdiv.Silo.dll"]
