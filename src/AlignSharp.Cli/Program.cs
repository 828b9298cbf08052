Console.Error.WriteLine("align");
return 0;
