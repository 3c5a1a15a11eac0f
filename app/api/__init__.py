"""What programs may ask and do, over the services that pages use."""
