"""The app's own small memory: what users set, in the table `app_configs`."""
