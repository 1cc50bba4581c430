#!/bin/sh
# Leaves in a tree, the working directory, what one service needs: itself, the libraries it is linked to, and their
# dependencies. Run in the image's build: sh deploy/prune.sh SERVICE.
set -eu
service=$1

# npm links workspaces that only tests use, too.
rm -rf node_modules/@skein/testkit
for library in libs/*; do
  [ -e "node_modules/@skein/$(basename "$library")" ] || rm -rf "$library"
done
for other in services/*; do
  [ "$other" = "services/$service" ] || rm -rf "$other"
done
rm -rf cli examples sdks deploy package-lock.json .npmrc
# What npm left behind of packages that are not there any more.
find node_modules -xtype l -delete
rm -rf node_modules/.bin node_modules/.package-lock.json
